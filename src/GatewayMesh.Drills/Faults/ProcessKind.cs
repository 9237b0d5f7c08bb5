namespace GatewayMesh.Drills.Faults;

/// <summary>Expected kind of a process before a signal is sent: a process id in a record may be wrong or forged.</summary>
internal enum ProcessKind
{
    /// <summary>The worker of a sidecar.</summary>
    Worker,

    /// <summary>The guard of a sidecar.</summary>
    Guard,

    /// <summary>A gateway.</summary>
    Gateway,

    /// <summary>A Consul agent, a different program.</summary>
    ConsulAgent,
}
