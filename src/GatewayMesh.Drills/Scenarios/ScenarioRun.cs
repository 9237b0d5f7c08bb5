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

    /// <summary>The admin port, the port of the load, and those of the applications.</summary>
    public IEnumerable<int> Ports => [portBase, portBase + 1, .. scenario.Applications.Select(application => portBase + application.Port)];

    /// <summary>Runs the phases and calls <paramref name="ended"/> with the results of each. Leaves no process and no file.</summary>
    public async Task RunAsync(Action<ScenarioPhase, PhaseFigures> ended, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-scenario-").FullName;
        var applications = new List<ScenarioApplication>();
        try
        {
            foreach (var (name, port, behavior) in scenario.Applications)
            {
                applications.Add(new ScenarioApplication(name, portBase + port, behavior, time));
            }

            using var sidecar = new ScenarioSidecar(files, folder, portBase, time);
            using var load = new ScenarioLoad(portBase + 1, Callee, time);
            sidecar.AwaitReady(cancellation);
            foreach (var phase in scenario.Phases)
            {
                sidecar.Use(files.Phase(phase.Entries), cancellation);
                var before = applications.Sum(application => application.Requests);
                var answers = await load.RunAsync(scenario.Rate, phaseLength, cancellation).ConfigureAwait(false);
                ended(phase, new PhaseFigures(answers, applications.Sum(application => application.Requests) - before));
                await Task.WhenAll(applications.Select(application => application.IdleAsync(cancellation))).ConfigureAwait(false);
            }
        }
        finally
        {
            applications.ForEach(application => application.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }
}
