using System.Net.Sockets;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Guard.Carrying;

/// <summary>
/// A connected, verified and unused tunnel for each service and gateway, renewed at each exercise, so that the first carried connection
/// does not wait for a handshake.
/// </summary>
internal sealed class WarmTunnels : IDisposable
{
    private readonly Dictionary<(string Service, string Node), Tunnel> _tunnels = [];

    /// <summary>Adds a tunnel, replacing the previous one.</summary>
    internal void Put(string service, GatewayAddress gateway, Tunnel tunnel)
    {
        Tunnel? before;
        lock (_tunnels)
        {
            _tunnels.Remove((service, gateway.Node), out before);
            _tunnels[(service, gateway.Node)] = tunnel;
        }

        before?.Dispose();
    }

    /// <summary>Takes a tunnel. Null when there is none or the gateway has closed it.</summary>
    internal Tunnel? Take(string service, GatewayAddress gateway)
    {
        Tunnel? tunnel;
        lock (_tunnels)
        {
            _tunnels.Remove((service, gateway.Node), out tunnel);
        }

        // A gateway never sends first: readable means closed.
        if (tunnel is not null && tunnel.Socket.Poll(0, SelectMode.SelectRead))
        {
            tunnel.Dispose();
            return null;
        }

        return tunnel;
    }

    public void Dispose()
    {
        lock (_tunnels)
        {
            foreach (var tunnel in _tunnels.Values)
            {
                tunnel.Dispose();
            }

            _tunnels.Clear();
        }
    }
}
