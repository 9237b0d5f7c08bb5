namespace GatewayMesh.Drills.Faults;

/// <summary>Faults of a running mesh, named as on the command line (<c>crash-loop</c> for <see cref="CrashLoop"/>).</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL to the worker.</summary>
    Kill,

    /// <summary>SIGSTOP to the worker.</summary>
    Hang,

    /// <summary>Stops and continues the worker every 50 ms for 20 s.</summary>
    Slow,

    /// <summary>Kills every new worker for 10 s.</summary>
    CrashLoop,

    /// <summary>Drains the node and returns it.</summary>
    Drain,

    /// <summary>Upgrades to the same binary.</summary>
    Upgrade,

    /// <summary>SIGKILL to the guard.</summary>
    Guard,

    /// <summary>Stops guard and worker for 3 s, as on a starved machine.</summary>
    Starve,

    /// <summary>SIGKILL to one gateway.</summary>
    KillGateway,

    /// <summary>Kills all gateways and the worker.</summary>
    GatewaysDown,

    /// <summary>Stops the registry, kills it, and lets it return.</summary>
    RegistryDown,

    /// <summary>Runs a command line, and another to end the fault.</summary>
    Command,
}
