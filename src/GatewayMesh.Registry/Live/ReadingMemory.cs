using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Registry.Live;

/// <summary>
/// Returns the memory in which a large configuration was read. Reading takes about as much again as the configuration keeps, and a process
/// that then allocates little would never return it. Collects once, after the first large configuration is in use: a pause of about 0.2 s
/// for 100,000 instances.
/// </summary>
internal sealed class ReadingMemory
{
    /// <summary>Number of instances from which a configuration is large: 20,000, about 20 MB.</summary>
    public const int Large = 20_000;

    private bool _isReturned;

    /// <summary>Returns the memory, if a large configuration is in use for the first time.</summary>
    /// <returns>True if it did.</returns>
    public bool ReturnAfter(MeshSnapshot snapshot)
    {
        if (_isReturned || snapshot.Services.Values.Sum(static service => service.Endpoints.Length) < Large)
        {
            return false;
        }

        _isReturned = true;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return true;
    }
}
