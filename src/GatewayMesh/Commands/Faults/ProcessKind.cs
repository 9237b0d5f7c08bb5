namespace GatewayMesh.Commands.Faults;

/// <summary>What a process must be to be harmed: a process id is a number that anybody may have written.</summary>
internal enum ProcessKind
{
    /// <summary>The worker of a sidecar.</summary>
    Worker,

    /// <summary>The guard of a sidecar.</summary>
    Guard,

    /// <summary>A gateway.</summary>
    Gateway,

    /// <summary>An agent of Consul, which is no program of ours.</summary>
    ConsulAgent,
}
