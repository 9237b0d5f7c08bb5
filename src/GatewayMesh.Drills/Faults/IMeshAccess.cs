using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Drills.Faults;

/// <summary>Access of a fault to the mesh under test; tests replace it.</summary>
internal interface IMeshAccess
{
    /// <summary>Reads the status of the node under test; null when the admin address is not responding.</summary>
    NodeStatus? Read();

    /// <summary>Reads the status of another node through the admin address in its record, without the admin token.</summary>
    NodeStatus? Read(HostPort admin);

    /// <summary>Sends an order to the node under test. Returns the reason of a refusal, or null.</summary>
    string? Post(string path, string body);

    /// <summary>Sends a signal to a process of this host. False when the process is gone or is not of the expected kind.</summary>
    bool Signal(int pid, int signal, ProcessKind kind);
}
