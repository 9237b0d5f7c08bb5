using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>The token as it is now: said in the bootstrap file, or in a file of its own that may change at any time.</summary>
internal sealed class ConsulToken(ConsulAccess access)
{
    private readonly Lock _lock = new();
    private FileTrace _version;
    private string _value = access.Token;

    /// <summary>The token; empty for none.</summary>
    /// <exception cref="IOException">Its file was never readable. One that becomes unreadable leaves the last token in use.</exception>
    public string Current
    {
        get
        {
            if (access.TokenFile is not { } path)
            {
                return _value;
            }

            lock (_lock)
            {
                var version = FileTrace.Of(path);
                if (version == _version)
                {
                    return _value;
                }

                try
                {
                    (_value, _version) = (File.ReadAllText(path).Trim(), version);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    if (_version == default)
                    {
                        throw new IOException($"the token file {path} cannot be read: {failure.Message}", failure);
                    }
                }

                return _value;
            }
        }
    }
}
