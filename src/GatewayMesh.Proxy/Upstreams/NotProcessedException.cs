namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// The peer has said that it did nothing with the request: REFUSED_STREAM, or a GOAWAY below the stream (RFC 9113 §8.7). The HTTP client does not tell a GOAWAY from
/// a lost connection in what it throws; that it wants to send a request again whose content was begun is the proof.
/// </summary>
internal sealed class NotProcessedException() : IOException("The peer has not processed the request: send it again.")
{
    /// <summary>True if <paramref name="cause"/> comes from one.</summary>
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
