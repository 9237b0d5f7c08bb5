using GatewayMesh.Certificates;
using GatewayMesh.Proxy.Connections;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>A pool of connections to one instance under one identity.</summary>
internal sealed class Upstream(UpstreamKey key, PoolIdentity? identity, HttpMessageInvoker invoker, InstancePools? http1 = null)
{
    private readonly Lock _gate = new();
    private int _users;
    private bool _retired;

    /// <summary>Key of the pool.</summary>
    public UpstreamKey Key { get; } = key;

    /// <summary><c>host:port</c>, for logs.</summary>
    public string Address { get; } = key.Address.ToString();

    /// <summary><c>http://host:port</c>: prefix of request targets.</summary>
    public string Prefix { get; } = "http://" + key.Address;

    /// <summary>HTTP/1.1 connections; null for HTTP/2.</summary>
    public InstancePools? Http1 { get; } = http1;

    /// <summary>Sender of requests.</summary>
    public HttpMessageInvoker Invoker { get; } = invoker;

    /// <summary>True if the connections are made with the current certificates; always true without TLS.</summary>
    public bool IsOf(ICertificates? certificates) => identity?.Holds(Key.Identity, certificates) ?? true;

    /// <summary>Adds a user; false if the pool is already closed.</summary>
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

    /// <summary>Removes a user.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_users > 0 || !_retired)
            {
                return;
            }
        }

        Close();
    }

    /// <summary>Retires the pool of a removed instance: connections are closed when the last request has ended.</summary>
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

        Close();
    }

    private void Close()
    {
        Http1?.Close();
        Invoker.Dispose();
    }
}
