using GatewayMesh.Certificates;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>A pool of connections to one instance in one identity.</summary>
internal sealed class Upstream(UpstreamKey key, PoolIdentity? identity, HttpMessageInvoker invoker)
{
    private readonly Lock _gate = new();
    private int _users;
    private bool _retired;

    /// <summary>What it belongs to.</summary>
    public UpstreamKey Key { get; } = key;

    /// <summary><c>http://host:port</c>: what request targets are put behind.</summary>
    public string Prefix { get; } = "http://" + key.Address;

    /// <summary>Sends.</summary>
    public HttpMessageInvoker Invoker { get; } = invoker;

    /// <summary>Whether its connections are made with the certificates in use; always without TLS.</summary>
    public bool IsOf(ICertificates? certificates) => identity?.Holds(Key.Identity, certificates) ?? true;

    /// <summary>A request uses it from now on; false when it is already gone.</summary>
    public bool TryUse()
    {
        lock (_gate)
        {
            if (_retired && _users == 0)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    /// <summary>A request is through with it.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_users > 0 || !_retired)
            {
                return;
            }
        }

        Invoker.Dispose();
    }

    /// <summary>The instance is gone: its connections are closed when the last request is through.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            if (_retired)
            {
                return;
            }

            _retired = true;
            if (_users > 0)
            {
                return;
            }
        }

        Invoker.Dispose();
    }
}
