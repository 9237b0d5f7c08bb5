using GatewayMesh.Linux;

namespace GatewayMesh.Roles.Workers;

/// <summary>
/// The lease as the kernel sees it: a lock on <c>DATADIR/lease</c> that the accepting process holds and that its death releases. The guard
/// decides who accepts; the lock is what a worker without a guard goes by, so that two of them never accept both.
/// </summary>
internal sealed class LeaseFile(string dataDir) : IDisposable
{
    private LockFile? _held;

    /// <summary>Takes the lock, or keeps it.</summary>
    /// <returns>False when another process holds it.</returns>
    internal bool TryTake()
    {
        if (_held is not null)
        {
            return true;
        }

        try
        {
            _held = LockFile.TryTake(Path.Combine(dataDir, "lease"), out _);
            return _held is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Lets it go.</summary>
    internal void Release()
    {
        _held?.Dispose();
        _held = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Release();
}
