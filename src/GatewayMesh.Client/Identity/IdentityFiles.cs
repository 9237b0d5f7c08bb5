using System.Security.Cryptography;

namespace GatewayMesh.Client.Identity;

/// <summary>
/// The files <c>identity.pem</c> and <c>roots.pem</c>, which the sidecar maintains. Checked at most once a second and reloaded when either
/// changed. A missing, partly written or invalid file changes nothing: the last good identity stays until it expires.
/// </summary>
internal sealed class IdentityFiles(string identityFile, string rootsFile, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly Lock _looking = new();
    private ClientIdentity? _identity;
    private (DateTime, long, DateTime, long) _seen;
    private long? _lookedAt;

    /// <summary>Path of the file with certificate and key, for messages.</summary>
    public string Path { get; } = identityFile;

    /// <summary>The identity; null before the first valid one.</summary>
    public ClientIdentity? Current
    {
        get
        {
            lock (_looking)
            {
                if (_lookedAt is not { } at || time.GetElapsedTime(at) >= LookAgain)
                {
                    _lookedAt = time.GetTimestamp();
                    Look();
                }

                return _identity;
            }
        }
    }

    // A certificate with its chain and key takes a few kilobytes.
    private const int MaxLength = 1024 * 1024;

    private void Look()
    {
        try
        {
            var (identity, roots) = (new FileInfo(Path), new FileInfo(rootsFile));
            // Only a regular file has a length. Opening a FIFO would wait for a writer.
            if (identity is { Exists: true, Length: > 0 and <= MaxLength }
                && roots is { Exists: true, Length: > 0 and <= MaxLength }
                && (identity.LastWriteTimeUtc, identity.Length, roots.LastWriteTimeUtc, roots.Length) is var now
                && now != _seen)
            {
                _identity = ClientIdentity.Read(File.ReadAllText(Path), File.ReadAllText(rootsFile));
                _seen = now;
            }
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
        }
    }
}
