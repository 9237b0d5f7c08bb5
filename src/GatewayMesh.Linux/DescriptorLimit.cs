namespace GatewayMesh.Linux;

/// <summary>The number of descriptors (files, connections, listeners) that this process may have (<c>RLIMIT_NOFILE</c>).</summary>
public static unsafe class DescriptorLimit
{
    private const int NumberOfFiles = 7;

    /// <summary>The limit in force. The runtime has raised it to the hard limit already.</summary>
    public static ulong Current
    {
        get
        {
            var limits = stackalloc ulong[2];
            return Libc.getrlimit(NumberOfFiles, limits) == 0 ? limits[0] : ulong.MaxValue;
        }
    }
}
