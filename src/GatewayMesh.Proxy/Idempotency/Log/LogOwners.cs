using System.Globalization;
using System.Security.Cryptography;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Idempotency.Log;

/// <summary>
/// Processes that write a key log. Each has a file that it keeps locked: the kernel releases the lock when the process ends, and an ID is
/// never used twice, so a file that can be locked, or is missing, belongs to a process that has ended.
/// </summary>
/// <param name="folder">Folder of the log.</param>
internal sealed class LogOwners(string folder) : IDisposable
{
    private const string Prefix = "owner-";

    private readonly HashSet<ulong> _dead = [];
    private AdvisoryLock? _own;

    /// <summary>ID of this process.</summary>
    public ulong Self { get; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Locks the file of this process, and deletes those of dead ones. Within the lock of the log.</summary>
    public void Enter()
    {
        foreach (var path in Directory.EnumerateFiles(folder, Prefix + "*"))
        {
            using var other = AdvisoryLock.Open(path, create: false);
            if (other?.TryTake() == true)
            {
                File.Delete(path);
            }
        }

        _own = AdvisoryLock.Open(PathOf(Self), create: true)!;
        _own.Take();
    }

    /// <summary>True if the process is running.</summary>
    public bool IsAlive(ulong owner)
    {
        if (owner == Self)
        {
            return true;
        }

        if (_dead.Contains(owner))
        {
            return false;
        }

        using var other = AdvisoryLock.Open(PathOf(owner), create: false);
        if (other is not null && !other.TryTake())
        {
            return true;
        }

        _dead.Add(owner);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_own is not null)
        {
            try
            {
                File.Delete(PathOf(Self));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The next process deletes the file.
            }

            _own.Dispose();
        }
    }

    private string PathOf(ulong owner) => Path.Combine(folder, Prefix + owner.ToString("x16", CultureInfo.InvariantCulture));
}
