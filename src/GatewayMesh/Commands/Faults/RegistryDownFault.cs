using System.Globalization;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Faults;

/// <summary>
/// The registry fails: a Consul agent of this host hangs, then dies, and comes back when its supervisor starts it; a folder is gone and
/// comes back. Everything must go on from the last good snapshot.
/// </summary>
internal sealed class RegistryDownFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time, TimeSpan hold) : Fault(mesh, trace, time)
{
    // A supervisor's pause, an election, and the pause of a watch that has failed for a while.
    private static readonly TimeSpan HeardLimit = TimeSpan.FromSeconds(30);
    private string? _away;
    private string? _folder;

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var registry = Status().Registry ?? throw new CommandFailure(ExitCode.Failed, "the node does not say what its registry is");
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
            Trace.Failure = Await(() => Mesh.Read() is { Registry: { Synced: true, Errors.IsEmpty: true } }, HeardLimit, cancellation) || cancellation.IsCancellationRequested
                ? null
                : $"the registry was not heard again within {DurationText.Format(HeardLimit)}";
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
            throw new CommandFailure(ExitCode.Failed, $"the Consul agent {agent} is no process of this host that can be seen from here: run the drill there, as its user or root");
        }

        Stop(pid, ProcessKind.ConsulAgent);
        Trace.Note(string.Create(CultureInfo.InvariantCulture, $"stopped the Consul agent {agent} ({pid}) for {DurationText.Format(hold / 2)}"));
        Pause(hold / 2, cancellation);
        _ = Kill(pid, ProcessKind.ConsulAgent);
        Resume(pid);
        Trace.Note("killed it");
        var back = hold / 2;
        if (!Await(() => ListeningProcess.Of(address.Port) is { } now && now != pid, back + ReturnLimit, cancellation) && !cancellation.IsCancellationRequested)
        {
            Trace.Failure = $"nobody started the Consul agent again within {DurationText.Format(back + ReturnLimit)}: that is the work of systemd, or of `gatewaymesh demo`";
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
            throw new CommandFailure(ExitCode.Failed, $"the registry's folder could not be taken away: {failure.Message}");
        }

        Trace.Note($"took {folder} away for {DurationText.Format(hold)}");
        Pause(hold, cancellation);
        PutBack();
        Trace.Note("put it back");
    }

    private void PutBack()
    {
        if (_folder is { } folder && _away is { } away && Directory.Exists(away))
        {
            Directory.Move(away, folder);
        }
    }
}
