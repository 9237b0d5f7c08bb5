namespace GatewayMesh.Drills.Faults;

/// <summary>Shell commands of a command fault, run with <c>/bin/sh</c>.</summary>
/// <param name="Begin">Starts the fault.</param>
/// <param name="End">Ends the fault; always run, once.</param>
/// <param name="Hold">Duration.</param>
/// <param name="MayLose">Number of requests the fault may fail.</param>
internal sealed record ShellOrder(string Begin, string End, TimeSpan Hold, int MayLose = 0);
