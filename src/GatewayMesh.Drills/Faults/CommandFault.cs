using System.Diagnostics;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Drills.Faults;

/// <summary>A fault outside the mesh (cut a cable, lose packets), injected by the operator's own command lines.</summary>
internal sealed class CommandFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time, ShellOrder order) : Fault(mesh, trace, time)
{
    private bool _begun;

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        Trace.Begin();
        _begun = true;
        Trace.Failure = Run(order.Begin);
        if (Trace.Failure is null)
        {
            Trace.Note($"`{order.Begin}` for {DurationText.Format(order.Hold)}");
            Pause(order.Hold, cancellation);
            Undo();
            Trace.Note($"`{order.End}`");
        }
    }

    /// <inheritdoc/>
    public override void Undo()
    {
        if (_begun)
        {
            _begun = false;
            var failure = Run(order.End);
            Trace.Failure ??= failure;
        }

        base.Undo();
    }

    // The commands' output is for the terminal, not for the report.
    private static string? Run(string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true };
        using var shell = Process.Start(start);
        if (shell is null)
        {
            return $"`{line}` could not be started";
        }

        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return shell.ExitCode == 0 ? null : $"`{line}` ended with {shell.ExitCode}{(output.Length > 0 ? ": " + output.Trim() : "")}";
    }
}
