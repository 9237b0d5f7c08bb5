namespace GatewayMesh.Drills.Scenarios;

/// <summary>Runs a scenario: its applications, its sidecar, and its load.</summary>
/// <param name="scenario">The scenario.</param>
/// <param name="files">Its files.</param>
/// <param name="portBase">The first port.</param>
/// <param name="phaseLength">Length of each phase.</param>
/// <param name="time">Clock of load and applications.</param>
internal sealed class ScenarioRun(Scenario scenario, ScenarioFiles files, int portBase, TimeSpan phaseLength, TimeProvider time)
{
    private const string Callee = "payments";
    private const int CalleeAdmin = 50;

    private static readonly TimeSpan KillEvery = TimeSpan.FromMilliseconds(700);

    /// <summary>The admin port, the port of the load, and those of the applications.</summary>
    public IEnumerable<int> Ports =>
    [
        portBase, portBase + 1, .. scenario.Hosts.Select((_, i) => AdminOf(i)),
        .. scenario.StorePort is { } store ? [portBase + store] : Array.Empty<int>(),
        .. scenario.IssuerPort is { } issuer ? [portBase + issuer] : Array.Empty<int>(),
        .. scenario.Applications.Select(application => portBase + application.Port),
    ];

    /// <summary>Runs the phases and calls <paramref name="ended"/> with the results of each. Leaves no process and no file.</summary>
    public async Task RunAsync(Action<ScenarioPhase, PhaseFigures> ended, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-scenario-").FullName;
        var applications = new List<ScenarioApplication>();
        var others = new List<ScenarioSidecar>();
        try
        {
            foreach (var (name, port, behavior) in scenario.Applications)
            {
                applications.Add(new ScenarioApplication(name, portBase + port, behavior, time));
            }

            using var sidecar = new ScenarioSidecar("host-a", files.Bootstrap, files.Entries, folder, portBase, time);
            others.AddRange(scenario.Hosts.Select(
                (host, i) => new ScenarioSidecar(host, files.BootstrapOf(host), files.Entries, folder, AdminOf(i), time)));
            using var store = new ScenarioStore(scenario.StorePort + portBase, folder);
            using var callee = scenario.RepeatsPosts
                ? new ScenarioSidecar("host-b", files.CalleeBootstrap, files.Entries, folder, portBase + CalleeAdmin, time)
                : null;
            using var issuer = scenario.IssuerPort is { } issuerPort ? new ScenarioIssuer(portBase + issuerPort, time) : null;
            using var load = new ScenarioLoad(portBase + 1, Callee, scenario.RepeatsPosts, scenario.Users, issuer, time);
            sidecar.AwaitReady(cancellation);
            callee?.AwaitReady(cancellation);
            others.ForEach(other => other.AwaitReady(cancellation));
            foreach (var phase in scenario.Phases)
            {
                sidecar.Use(files.Phase(phase.Entries), cancellation);
                callee?.Follow(sidecar, cancellation);
                others.ForEach(other => other.Follow(sidecar, cancellation));
                Issue(issuer, phase, sidecar, cancellation);
                store.Run(phase.HasStore, [sidecar, .. others], cancellation);
                var before = applications.Sum(application => application.Requests);
                var twice = applications.Sum(application => application.Twice);
                using var over = new CancellationTokenSource();
                var killing = callee is null ? Task.CompletedTask : KillAsync(sidecar, over.Token);
                var answers = await load.RunAsync(scenario.Rate, phaseLength, cancellation).ConfigureAwait(false);
                await over.CancelAsync().ConfigureAwait(false);
                await killing.ConfigureAwait(false);
                ended(
                    phase,
                    new PhaseFigures(
                        answers,
                        applications.Sum(application => application.Requests) - before,
                        applications.Sum(application => application.Twice) - twice));
                sidecar.AwaitReady(cancellation);
                await Task.WhenAll(applications.Select(application => application.IdleAsync(cancellation))).ConfigureAwait(false);
            }
        }
        finally
        {
            others.ForEach(other => other.Dispose());
            applications.ForEach(application => application.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private int AdminOf(int host) => portBase + 2 + (2 * host);

    private static void Issue(ScenarioIssuer? issuer, ScenarioPhase phase, ScenarioSidecar sidecar, CancellationToken cancellation)
    {
        if (phase.StartsWithoutIssuer)
        {
            issuer?.Stop();
            sidecar.KillAndStart();
            sidecar.AwaitReady(cancellation);
        }
        else if (phase.NeedsKeys)
        {
            sidecar.AwaitKeys(cancellation);
            if (phase.RotatesKeys)
            {
                issuer?.Rotate();
            }
        }
    }

    private async Task KillAsync(ScenarioSidecar sidecar, CancellationToken over)
    {
        while (true)
        {
            await Task.Delay(KillEvery, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
            {
                return;
            }

            sidecar.KillAndStart();
            await Task.Run(() => sidecar.AwaitReady(over), CancellationToken.None).ConfigureAwait(false);
        }
    }
}
