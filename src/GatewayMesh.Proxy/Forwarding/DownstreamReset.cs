using System.Net.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Resets the client's stream with the instance's own reset code where that code is meaningful to the client. The forwarder knows
/// only two codes and has them swapped.
/// </summary>
internal sealed class DownstreamReset(HttpContext http, IHttpResetFeature stream) : IHttpResetFeature
{
    private const int InternalError = 0x2; // RFC 9113 §7
    private const int Cancel = 0x8;
    private const int EnhanceYourCalm = 0xb;

    /// <summary>Replaces the server's reset feature for this request.</summary>
    public static void Install(HttpContext http)
    {
        if (http.Features.Get<IHttpResetFeature>() is { } stream and not DownstreamReset)
        {
            http.Features.Set<IHttpResetFeature>(new DownstreamReset(http, stream));
        }
    }

    /// <inheritdoc/>
    public void Reset(int errorCode) =>
        stream.Reset(
            CodeOf(http.Features.Get<IForwarderErrorFeature>()?.Exception) ?? (errorCode == InternalError ? Cancel : InternalError));

    // NO_ERROR would look like a complete response. The other codes describe our connection to the instance, not the client's.
    private static int? CodeOf(Exception? cause)
    {
        for (var each = cause; each is not null; each = each.InnerException)
        {
            if (each is HttpProtocolException protocol)
            {
                return protocol.ErrorCode is Cancel or EnhanceYourCalm ? (int)protocol.ErrorCode : InternalError;
            }
        }

        return null;
    }
}
