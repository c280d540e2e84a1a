// The calls of libsrtp 3 that mediasoup's worker makes, on top of libsrtp 2, which is what Debian has.
//
// What differs: libsrtp 3 takes separate input and output buffers with explicit sizes, libsrtp 2 works in place with an
// int length. Each overload below copies where the buffers differ and checks the room first, because libsrtp 2 does not.
#pragma once

#include <srtp2/srtp.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Two codes that libsrtp 3 added after the last one of libsrtp 2 (27); the worker's message table names them.
constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
constexpr srtp_err_status_t srtp_err_status_cryptex_err = static_cast<srtp_err_status_t>(29);

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

inline srtp_err_status_t srtp_stream_remove(srtp_t context, uint32_t ssrcInNetworkOrder)
{
	return srtp_remove_stream(context, ssrcInNetworkOrder);
}
