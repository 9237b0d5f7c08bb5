using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>
/// A token in a file, which the kubelet replaces at 80 % of the token's life. Read at least every minute, and at once after a 401. While
/// the file cannot be read, the last token stays in use.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="rest">Credential without the token, for its client certificate.</param>
/// <param name="time">Clock of the minute.</param>
public sealed class TokenFile(string path, ApiCredential rest, TimeProvider time) : ICredentialSource
{
    /// <summary>Time for which a token is sent without reading the file: 1 min.</summary>
    public static TimeSpan Fresh { get; } = TimeSpan.FromMinutes(1);

    private const int Longest = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private ApiCredential? _current;
    private long _readAt;

    /// <inheritdoc/>
    public ValueTask<ApiCredential> CurrentAsync(CancellationToken cancellation)
    {
        // A hung disk blocks one thread only. All other threads send the last token.
        if (Volatile.Read(ref _current) is not { } known)
        {
            _lock.Enter();
        }
        else if (time.GetElapsedTime(Volatile.Read(ref _readAt)) < Fresh || !_lock.TryEnter())
        {
            return new(known);
        }

        try
        {
            if (_current is null || time.GetElapsedTime(_readAt) >= Fresh)
            {
                Read();
            }

            return new(_current!);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <inheritdoc/>
    public void Refuse(ApiCredential refused)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_current, refused))
            {
                Volatile.Write(ref _readAt, time.GetTimestamp() - (long)(Fresh.TotalSeconds * time.TimestampFrequency));
            }
        }
    }

    // Called under the lock.
    private void Read()
    {
        try
        {
            var token = TimedRead.Run(path, Patience, () => RegularFile.ReadAllText(path, Longest).Trim());
            if (token.Length == 0)
            {
                throw new IOException("is empty");
            }

            _current = _current?.Token == token ? _current : rest with { Token = token };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (_current is null)
            {
                throw new IOException($"the token file {path} cannot be read: {failure.Message}", failure);
            }
        }

        Volatile.Write(ref _readAt, time.GetTimestamp());
    }
}
