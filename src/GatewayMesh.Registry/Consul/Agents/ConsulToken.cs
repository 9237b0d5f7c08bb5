using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>The current token, from the bootstrap file or from a token file that may change at any time.</summary>
internal sealed class ConsulToken(ConsulAccess access)
{
    private const int Longest = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private FileTrace _version;
    private volatile string _value = access.Token;

    /// <summary>The token; empty for none.</summary>
    /// <exception cref="IOException">
    /// The token file was never readable. If the file becomes unreadable later, the last token stays in use.
    /// </exception>
    public string Current
    {
        get
        {
            if (access.TokenFile is not { } path)
            {
                return _value;
            }

            // A hung disk blocks one thread only. All other threads send the last token.
            if (_version == default)
            {
                _lock.Enter();
            }
            else if (!_lock.TryEnter())
            {
                return _value;
            }

            try
            {
                var known = _version;
                var (value, version) = TimedRead.Run(path, Patience, () =>
                {
                    var now = FileTrace.Of(path);
                    return (now == known ? null : RegularFile.ReadAllText(path, Longest).Trim(), now);
                });
                (_value, _version) = (value ?? _value, version);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (_version == default)
                {
                    throw new IOException($"the token file {path} cannot be read: {failure.Message}", failure);
                }
            }
            finally
            {
                _lock.Exit();
            }

            return _value;
        }
    }
}
