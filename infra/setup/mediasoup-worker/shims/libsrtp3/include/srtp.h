// The calls of libsrtp 3 that mediasoup's worker makes, on top of libsrtp 2, which is what Debian has.
//
// What differs: a libsrtp 3 policy is an opaque object with setters and owns its key; and its packet calls take separate
// input and output buffers with explicit sizes, where libsrtp 2 works in place with an int length. Each packet call below
// copies where the buffers differ and checks the room first, because libsrtp 2 does not.
#pragma once

// In libsrtp 3 this name is a pointer, so libsrtp 2's struct of the same name steps aside.
#define srtp_policy_t srtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Two codes that libsrtp 3 added after the last one of libsrtp 2 (27); the worker's message table names them.
constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
constexpr srtp_err_status_t srtp_err_status_cryptex_err = static_cast<srtp_err_status_t>(29);

// ---- policies ----

struct vantage_srtp_policy
{
	srtp2_policy_t policy;
	unsigned char keyAndSalt[SRTP_MAX_KEY_LEN];
};

using srtp_policy_t = vantage_srtp_policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* created)
{
	*created = new (std::nothrow) vantage_srtp_policy();

	return *created ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	if (!policy)
	{
		return;
	}

	// Through a volatile pointer, or the compiler drops a write that nobody reads, and the key stays in memory.
	volatile unsigned char* key = policy->keyAndSalt;

	for (size_t index = 0; index < sizeof(policy->keyAndSalt); ++index)
	{
		key[index] = 0;
	}

	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->policy.ssrc = ssrc;

	return srtp_err_status_ok;
}

// For profiles with a 32 bit tag libsrtp gives RTCP the 80 bit tag that RFC 5764 §4.1.2 asks for.
inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const srtp_err_status_t status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->policy.rtp, profile);

	return status != srtp_err_status_ok
	         ? status
	         : srtp_crypto_policy_set_from_profile_for_rtcp(&policy->policy.rtcp, profile);
}

// One master key without an identifier (MKI): the worker has no more.
inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLength,
  const uint8_t* salt,
  size_t saltLength,
  const uint8_t* /*mki*/,
  size_t mkiLength)
{
	if (mkiLength != 0 || policy->policy.key || keyLength + saltLength > sizeof(policy->keyAndSalt))
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->keyAndSalt, key, keyLength);
	std::memcpy(policy->keyAndSalt + keyLength, salt, saltLength);
	policy->policy.key = policy->keyAndSalt;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allowed)
{
	policy->policy.allow_repeat_tx = allowed ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t size)
{
	policy->policy.window_size = size;

	return srtp_err_status_ok;
}

// ---- sessions ----

// libsrtp 2 copies the key into the session's ciphers, so the policy may be destroyed afterwards.
inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return srtp_create(session, static_cast<const srtp2_policy_t*>(&policy->policy));
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrcInNetworkOrder)
{
	return srtp_remove_stream(session, ssrcInNetworkOrder);
}

// ---- packets ----

namespace vantage_srtp_shim
{
	using InPlaceCall = srtp_err_status_t (*)(srtp_t context, void* packet, int* length);

	// @param growth  most bytes the call may add behind the packet
	inline srtp_err_status_t copyAndCall(
	  InPlaceCall call, srtp_t context, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t growth)
	{
		if (inLength > INT_MAX - growth || *outLength < inLength + growth)
		{
			return srtp_err_status_buffer_small;
		}

		if (in != out)
		{
			std::memmove(out, in, inLength);
		}

		int length = static_cast<int>(inLength);
		const srtp_err_status_t status = call(context, out, &length);

		if (status == srtp_err_status_ok)
		{
			*outLength = static_cast<size_t>(length);
		}

		return status;
	}
} // namespace vantage_srtp_shim

// The last parameter of the two protect calls picks among several master keys; the worker has one and passes 0.
inline srtp_err_status_t srtp_protect(
  srtp_t context, const uint8_t* rtp, size_t rtpLength, uint8_t* srtp, size_t* srtpLength, size_t /*mkiIndex*/)
{
	return vantage_srtp_shim::copyAndCall(
	  srtp_protect, context, rtp, rtpLength, srtp, srtpLength, SRTP_MAX_TRAILER_LEN);
}

// SRTCP appends its index and E flag (4 bytes) besides the authentication tag, RFC 3711 §3.4.
inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t context, const uint8_t* rtcp, size_t rtcpLength, uint8_t* srtcp, size_t* srtcpLength, size_t /*mkiIndex*/)
{
	return vantage_srtp_shim::copyAndCall(
	  srtp_protect_rtcp, context, rtcp, rtcpLength, srtcp, srtcpLength, SRTP_MAX_TRAILER_LEN + 4);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t context, const uint8_t* srtp, size_t srtpLength, uint8_t* rtp, size_t* rtpLength)
{
	return vantage_srtp_shim::copyAndCall(srtp_unprotect, context, srtp, srtpLength, rtp, rtpLength, 0);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t context, const uint8_t* srtcp, size_t srtcpLength, uint8_t* rtcp, size_t* rtcpLength)
{
	return vantage_srtp_shim::copyAndCall(srtp_unprotect_rtcp, context, srtcp, srtcpLength, rtcp, rtcpLength, 0);
}
