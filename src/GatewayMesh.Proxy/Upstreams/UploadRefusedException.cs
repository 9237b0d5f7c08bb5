namespace GatewayMesh.Proxy.Upstreams;

/// <summary>The instance takes no more of a request. Its answer may be there all the same.</summary>
internal sealed class UploadRefusedException(IOException cause) : IOException("The instance takes no more of the request.", cause)
{
    /// <summary>True if <paramref name="error"/> or a cause of it is one.</summary>
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
