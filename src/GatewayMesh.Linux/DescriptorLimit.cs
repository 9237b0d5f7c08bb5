namespace GatewayMesh.Linux;

/// <summary>Limit of open descriptors (files, connections, listeners) of this process (<c>RLIMIT_NOFILE</c>).</summary>
public static unsafe class DescriptorLimit
{
    private const int NumberOfFiles = 7;

    /// <summary>Limit in force. The runtime has already raised it to the hard limit.</summary>
    public static ulong Current
    {
        get
        {
            var limits = stackalloc ulong[2];
            return Libc.getrlimit(NumberOfFiles, limits) == 0 ? limits[0] : ulong.MaxValue;
        }
    }
}
