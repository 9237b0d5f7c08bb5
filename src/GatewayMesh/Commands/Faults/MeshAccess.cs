using GatewayMesh.Commands.Status;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;

namespace GatewayMesh.Commands.Faults;

/// <summary>A mesh on this host, by the admin address of one of its nodes.</summary>
internal sealed class MeshAccess(HostPort admin) : IMeshAccess
{
    private static readonly TimeSpan s_readTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_postTimeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public NodeStatus? Read() => Read(admin);

    /// <inheritdoc/>
    public NodeStatus? Read(HostPort admin) =>
        AdminCall.Send(admin, "GET", "/status", null, s_readTimeout) is { IsWell: true } answer ? StatusReader.Read(answer.Body) : null;

    /// <inheritdoc/>
    public string? Post(string path, string body) =>
        AdminCall.Send(admin, "POST", path, body, s_postTimeout) is { IsWell: false } answer ? answer.Failure ?? $"{answer.Status} {answer.Body.Trim()}" : null;

    /// <inheritdoc/>
    public bool Signal(int pid, int signal) => ProcessSignal.Send(pid, signal);
}
