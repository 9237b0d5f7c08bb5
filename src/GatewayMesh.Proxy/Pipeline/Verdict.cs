using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Decision of a step: continue, or respond.</summary>
/// <param name="Error">The mesh's error response, if any.</param>
/// <param name="Answer">The mesh's own response, if any.</param>
/// <param name="Until">Task that the step waits for; the step runs again afterwards.</param>
internal sealed record Verdict(MeshError Error, LocalAnswer? Answer, Task? Until = null)
{
    /// <summary>Continues with the next step.</summary>
    public static readonly Verdict Next = new(MeshError.None, null);

    /// <summary>True if the next step runs.</summary>
    public bool Continues { get; } = !Error.IsError && Answer is null;

    /// <summary>Runs the same step again after <paramref name="task"/> has completed.</summary>
    public static Verdict After(Task task) => new(MeshError.None, null, task);

    /// <summary>Ends the request with an error of the mesh; nothing was forwarded.</summary>
    public static Verdict Fail(MeshErrorKind kind, string? details = null) => new(new MeshError(kind, Forwarded: false, details), null);

    /// <summary>Ends the request with a response of the mesh.</summary>
    public static Verdict Reply(LocalAnswer answer) => new(MeshError.None, answer);
}
