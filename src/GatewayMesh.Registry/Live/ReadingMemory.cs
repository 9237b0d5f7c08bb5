using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Live;

/// <summary>
/// Returns the memory in which a large configuration was read. Reading takes about as much again as the configuration keeps, and a process
/// that then allocates little would never return it. The pause of about 0.2 s for 100,000 instances must come before the configuration is
/// in use: a worker that stands still under traffic looks hung.
/// </summary>
internal static class ReadingMemory
{
    /// <summary>Number of instances from which a configuration is large: 20,000, about 20 MB.</summary>
    public const int Large = 20_000;

    /// <summary>Returns the memory in which this configuration was read, if it is large.</summary>
    /// <returns>True if it did.</returns>
    public static bool ReturnAfter(MeshSnapshot snapshot)
    {
        if (snapshot.Services.Values.Sum(static service => service.Endpoints.Length) < Large)
        {
            return false;
        }

        UnusedMemory.Return();
        return true;
    }
}
