using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>What a step says: go on, or what to answer.</summary>
/// <param name="Error">The mesh's error answer, if it is one.</param>
/// <param name="Answer">The mesh's own answer, if it is one.</param>
/// <param name="Until">What the step waits for: it is asked again then.</param>
internal readonly record struct Verdict(MeshError Error, LocalAnswer? Answer, Task? Until = null)
{
    /// <summary>To the next step.</summary>
    public static Verdict Next => default;

    /// <summary>Whether the next step is asked.</summary>
    public bool GoesOn => !Error.IsError && Answer is null;

    /// <summary>The same step again, when <paramref name="task"/> has completed.</summary>
    public static Verdict After(Task task) => new(MeshError.None, null, task);

    /// <summary>Ends with an error of the mesh; nothing was forwarded.</summary>
    public static Verdict Fail(MeshErrorKind kind, string? details = null) => new(new MeshError(kind, Forwarded: false, details), null);

    /// <summary>Ends with an answer of the mesh.</summary>
    public static Verdict Reply(LocalAnswer answer) => new(MeshError.None, answer);
}
