namespace GatewayMesh.Drills.Faults;

/// <summary>Names and descriptions of the faults.</summary>
internal static class FaultNames
{
    /// <summary>All names, in enum order.</summary>
    public static string[] All { get; } = [.. Enum.GetValues<FaultKind>().Select(Word)];

    /// <summary>The command line name.</summary>
    public static string Word(this FaultKind kind) => kind switch
    {
        FaultKind.Kill => "kill",
        FaultKind.Hang => "hang",
        FaultKind.Slow => "slow",
        FaultKind.CrashLoop => "crash-loop",
        FaultKind.Drain => "drain",
        FaultKind.Upgrade => "upgrade",
        FaultKind.Guard => "guard",
        FaultKind.Starve => "starve",
        FaultKind.KillGateway => "kill-gateway",
        FaultKind.GatewaysDown => "gateways-down",
        FaultKind.RegistryDown => "registry-down",
        _ => "command",
    };

    /// <summary>Parses a name from <see cref="All"/>.</summary>
    public static FaultKind Parse(string word) => Enum.GetValues<FaultKind>().First(kind => kind.Word() == word);

    /// <summary>Description of the fault.</summary>
    public static string Sentence(this FaultKind kind) => kind switch
    {
        FaultKind.Kill => "the sidecar's worker is killed (SIGKILL)",
        FaultKind.Hang => "the sidecar's worker hangs (SIGSTOP)",
        FaultKind.Slow => "the sidecar's worker is slow: stopped and continued every 50 ms for 20 s",
        FaultKind.CrashLoop => "the sidecar's worker crashes, and each new one too, for 10 s",
        FaultKind.Drain => "the sidecar is drained and returned 5 s later",
        FaultKind.Upgrade => "the sidecar is upgraded in place",
        FaultKind.Guard => "the guard is killed (SIGKILL)",
        FaultKind.Starve => "the machine starves: guard and worker are stopped for 3 s",
        FaultKind.KillGateway => "a gateway is killed (SIGKILL)",
        FaultKind.GatewaysDown => "all gateways are killed and held down, and the sidecar's worker too",
        FaultKind.RegistryDown => "the registry hangs, is killed and comes back (a folder disappears for a while)",
        _ => "the --begin command, until the --end command",
    };
}
