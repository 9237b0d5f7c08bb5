namespace GatewayMesh.Commands.Faults;

/// <summary>A fault that is somebody else's doing: two command lines for <c>/bin/sh</c>.</summary>
/// <param name="Begin">Does the harm.</param>
/// <param name="End">Ends it; run once, whatever happens.</param>
/// <param name="Hold">How long it lasts.</param>
/// <param name="MayLose">Requests that it may cost.</param>
internal sealed record ShellOrder(string Begin, string End, TimeSpan Hold, int MayLose = 0);
