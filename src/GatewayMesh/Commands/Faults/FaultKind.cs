namespace GatewayMesh.Commands.Faults;

/// <summary>What can be done to a running mesh, by the words of the command line (<c>crash-loop</c> for <see cref="CrashLoop"/>).</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL to the worker.</summary>
    Kill,

    /// <summary>SIGSTOP to the worker.</summary>
    Hang,

    /// <summary>The worker stopped and continued, 50 ms each, for 20 s.</summary>
    Slow,

    /// <summary>Every new worker killed for 10 s.</summary>
    CrashLoop,

    /// <summary>Drained, and taken back.</summary>
    Drain,

    /// <summary>The binary in place of itself.</summary>
    Upgrade,

    /// <summary>SIGKILL to the guard.</summary>
    Guard,

    /// <summary>Guard and worker stopped for 3 s, as on a starved machine.</summary>
    Starve,

    /// <summary>SIGKILL to one gateway.</summary>
    KillGateway,

    /// <summary>All gateways down, and the worker too.</summary>
    GatewaysDown,

    /// <summary>The registry: hung, then dead, then back.</summary>
    RegistryDown,

    /// <summary>What a command line does, until another one ends it.</summary>
    Command,
}
