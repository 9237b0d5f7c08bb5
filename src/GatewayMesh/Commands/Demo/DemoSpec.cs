namespace GatewayMesh.Commands.Demo;

/// <summary>The demo as it was asked for.</summary>
internal sealed record DemoSpec
{
    /// <summary>How long it runs. Default: 60 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The lowest port. Default: 15000.</summary>
    public int PortBase { get; init; } = 15000;

    /// <summary>Where files and logs go; null: a fresh temporary folder that is removed at the end.</summary>
    public string? DataDir { get; init; }

    /// <summary>Whether the mesh keeps its configuration in a Consul of its own; otherwise in a folder of files.</summary>
    public bool Consul { get; init; }

    /// <summary>Print JSON lines only.</summary>
    public bool Json { get; init; }

    /// <summary>Run the mesh alone: no traffic, no faults.</summary>
    public bool NoFaults { get; init; }
}
