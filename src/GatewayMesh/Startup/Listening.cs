using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Linux;
using GatewayMesh.Terminal;

namespace GatewayMesh.Startup;

/// <summary>Binds the addresses of a process, all or none.</summary>
internal static class Listening
{
    private const int Backlog = 64;

    /// <summary>Binds each of <paramref name="listeners"/>.</summary>
    /// <exception cref="RoleFailure">All addresses that cannot be bound, with location and fix. Nothing is left bound.</exception>
    internal static List<(ListenerSpec Spec, ListeningSocket Socket)> Open(BootstrapSpec bootstrap, IEnumerable<ListenerSpec> listeners)
    {
        var opened = new List<(ListenerSpec Spec, ListeningSocket Socket)>();
        var errors = new List<string>();
        foreach (var listener in listeners)
        {
            try
            {
                opened.Add((listener, ListeningSocket.Open(listener.Address)));
            }
            catch (LinuxException failure)
            {
                errors.Add(Describe(bootstrap, listener.Address, listener.Name, failure.Message));
            }
        }

        if (errors.Count > 0)
        {
            opened.ForEach(listener => listener.Socket.Dispose());
            throw new RoleFailure(ExitCode.Bind, string.Join('\n', errors));
        }

        return opened;
    }

    /// <summary>Binds the admin address.</summary>
    /// <exception cref="RoleFailure">The address cannot be bound.</exception>
    internal static Socket OpenAdmin(BootstrapSpec bootstrap)
    {
        var socket = new Socket(bootstrap.Admin.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(bootstrap.Admin);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new RoleFailure(ExitCode.Bind, Describe(bootstrap, bootstrap.Admin, "admin", failure.Message));
        }
    }

    private static string Describe(BootstrapSpec bootstrap, IPEndPoint address, string name, string reason) =>
        bootstrap.FindAddress(address) is { } claim
            ? $"{claim.Location}: {claim.Path}: {address} cannot be bound ({reason}); stop the process that uses it (ss -ltnp) or use "
                + $"another port"
            : $"{name}: {address} cannot be bound ({reason}); stop the process that uses it (ss -ltnp) or use another port";
}
