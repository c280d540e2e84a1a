// Stand-in for ankerl::unordered_dense, which Debian does not have: the standard containers under its names.
// They are slower, which does not show: the worker looks up a transport per packet and little else.
#pragma once

#include <cstdint>
#include <functional>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	// The worker combines these values into hashes of its own, so each must be well mixed; std::hash of an integer is the
	// integer itself. The mixing is the finalizer of splitmix64.
	template<typename T>
	struct hash
	{
		static_assert(std::is_integral_v<T> || std::is_enum_v<T>, "the worker hashes integers only");

		uint64_t operator()(T value) const noexcept
		{
			uint64_t mixed = static_cast<uint64_t>(value);

			mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
			mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;

			return mixed ^ (mixed >> 31);
		}
	};

	template<typename Key, typename Value, typename Hash = std::hash<Key>, typename Equal = std::equal_to<Key>>
	using map = std::unordered_map<Key, Value, Hash, Equal>;

	template<typename Key, typename Hash = std::hash<Key>, typename Equal = std::equal_to<Key>>
	using set = std::unordered_set<Key, Hash, Equal>;
} // namespace ankerl::unordered_dense
