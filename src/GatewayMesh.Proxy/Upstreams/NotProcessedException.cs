namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// The peer reported that it did not process the request: REFUSED_STREAM, or a GOAWAY with a lower stream ID (RFC 9113 §8.7). The HTTP
/// client's exceptions do not distinguish a GOAWAY from a lost connection; the client's attempt to resend a request whose content was begun
/// is the proof.
/// </summary>
internal sealed class NotProcessedException() : IOException("The peer has not processed the request: send the request again.")
{
    /// <summary>True if <paramref name="cause"/> contains this exception.</summary>
    public static bool IsIn(Exception? cause)
    {
        for (var each = cause; each is not null; each = each.InnerException)
        {
            if (each is NotProcessedException || (each is AggregateException many && many.InnerExceptions.Any(IsIn)))
            {
                return true;
            }
        }

        return false;
    }
}
