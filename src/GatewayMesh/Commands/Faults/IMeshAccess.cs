using GatewayMesh.Commands.Status;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Faults;

/// <summary>What a fault needs of the mesh that it harms; a seam, so that tests harm nothing.</summary>
internal interface IMeshAccess
{
    /// <summary>The node under test as it sees itself now; null when its admin address does not answer.</summary>
    NodeStatus? Read();

    /// <summary>The same of another node, by the admin address that its record names; the admin token is not shown there.</summary>
    NodeStatus? Read(HostPort admin);

    /// <summary>Sends an order to the node under test; in words why it was refused, or null.</summary>
    string? Post(string path, string body);

    /// <summary>Sends a signal to a process of this host; false when it is gone, or is not what it should be.</summary>
    bool Signal(int pid, int signal, ProcessKind kind);
}
