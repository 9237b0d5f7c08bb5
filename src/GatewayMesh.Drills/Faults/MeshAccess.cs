using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal.Calls;

namespace GatewayMesh.Drills.Faults;

/// <summary>A mesh on this host, reached through the admin address of one node.</summary>
internal sealed class MeshAccess(HostPort admin) : IMeshAccess
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PostTimeout = TimeSpan.FromSeconds(5);

    private readonly SignalledProcesses _processes = new();

    /// <inheritdoc/>
    public NodeStatus? Read() => AdminCall.Send(admin, "GET", "/status", null, ReadTimeout).NodeStatus;

    /// <inheritdoc/>
    public NodeStatus? Read(HostPort other) => other == admin ? Read() : AdminCall.LookAt(other, "/status", ReadTimeout).NodeStatus;

    /// <inheritdoc/>
    public string? Post(string path, string body) =>
        AdminCall.Send(admin, "POST", path, body, PostTimeout) is { IsWell: false } answer
            ? answer.Failure ?? $"{answer.Status} {answer.BodyLine}"
            : null;

    /// <inheritdoc/>
    public bool Signal(int pid, int signal, ProcessKind kind) => _processes.Signal(pid, signal, kind);
}
