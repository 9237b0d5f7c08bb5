using System.Globalization;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Faults;

/// <summary>
/// A registry outage. A Consul agent of this host hangs, dies, and returns when its supervisor restarts it; a folder disappears and
/// comes back. The mesh must keep serving from the last-good snapshot.
/// </summary>
internal sealed class RegistryDownFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time, TimeSpan hold) : Fault(mesh, trace, time)
{
    // The supervisor's pause, an election, and the backoff of a failed watch.
    private static readonly TimeSpan HeardLimit = TimeSpan.FromSeconds(30);
    private string? _away;
    private string? _folder;

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var registry = Status().Registry ?? throw new CommandFailure(ExitCode.Failed, "the node does not report its registry");
        if (registry.Kind == "file")
        {
            TakeAway(registry.Target, cancellation);
        }
        else
        {
            KillAgent(registry.Target.Split(',')[0], cancellation);
        }

        if (Trace.Failure is null && !cancellation.IsCancellationRequested)
        {
            Trace.Failure = Await(() => Mesh.Read() is { Registry: { Synced: true, Errors.IsEmpty: true } }, HeardLimit, cancellation)
                || cancellation.IsCancellationRequested
                ? null
                : $"the registry was not read again within {DurationText.Format(HeardLimit)}";
        }
    }

    /// <inheritdoc/>
    public override void Undo()
    {
        PutBack();
        base.Undo();
    }

    private void KillAgent(string agent, CancellationToken cancellation)
    {
        if (!HostPort.TryParse(agent, out var address) || ListeningProcess.Of(address.Port) is not { } pid)
        {
            throw new CommandFailure(
                ExitCode.Failed,
                $"the Consul agent {agent} is not a visible process of this host; run the drill on its host, as its user or root");
        }

        Stop(pid, ProcessKind.ConsulAgent);
        Trace.Note(
            string.Create(CultureInfo.InvariantCulture, $"stopped the Consul agent {agent} ({pid}) for {DurationText.Format(hold / 2)}"));
        Pause(hold / 2, cancellation);
        _ = Kill(pid, ProcessKind.ConsulAgent);
        Resume(pid);
        Trace.Note("killed it");
        var back = hold / 2;
        if (!Await(() => ListeningProcess.Of(address.Port) is { } now && now != pid, back + ReturnLimit, cancellation)
            && !cancellation.IsCancellationRequested)
        {
            Trace.Failure =
                $"the Consul agent was not restarted within {DurationText.Format(back + ReturnLimit)}; run it under systemd or "
                    + $"`gatewaymesh demo`";
        }
    }

    private void TakeAway(string folder, CancellationToken cancellation)
    {
        Trace.Begin();
        (_folder, _away) = (folder, folder + ".away");
        try
        {
            Directory.Move(folder, _away);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            PutBack();
            throw new CommandFailure(ExitCode.Failed, $"the registry folder could not be renamed: {failure.Message}");
        }

        Trace.Note($"removed {folder} for {DurationText.Format(hold)}");
        Pause(hold, cancellation);
        PutBack();
        Trace.Note("restored it");
    }

    private void PutBack()
    {
        if (_folder is { } folder && _away is { } away && Directory.Exists(away))
        {
            Directory.Move(away, folder);
        }
    }
}
