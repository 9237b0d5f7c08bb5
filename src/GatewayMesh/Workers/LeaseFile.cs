using GatewayMesh.Linux;

namespace GatewayMesh.Workers;

/// <summary>
/// The lease as a kernel lock on <c>DATADIR/lease</c>. The accepting process holds the lock, and its death releases the lock. The guard
/// decides who accepts. The lock is for workers without a guard, so that two of them never accept at once.
/// </summary>
internal sealed class LeaseFile(string dataDir) : IDisposable
{
    private LockFile? _held;

    /// <summary>Takes or keeps the lock.</summary>
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

    /// <summary>Releases the lock.</summary>
    internal void Release()
    {
        _held?.Dispose();
        _held = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Release();
}
