namespace GatewayMesh.Proxy.Upstreams;

/// <summary>The instance accepts no more of a request, but a response may still be available.</summary>
internal sealed class UploadRefusedException(IOException cause) : IOException("The instance accepts no more of the request.", cause)
{
    /// <summary>True if <paramref name="error"/> or one of its causes is this exception.</summary>
    public static bool IsIn(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is UploadRefusedException)
            {
                return true;
            }
        }

        return false;
    }
}
