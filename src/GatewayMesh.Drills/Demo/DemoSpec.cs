namespace GatewayMesh.Drills.Demo;

/// <summary>The options of a demo.</summary>
internal sealed record DemoSpec
{
    /// <summary>Duration. Default: 60 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Lowest port. Default: 15000.</summary>
    public int PortBase { get; init; } = 15000;

    /// <summary>Folder for files and logs. Null: a temporary folder, removed at the end.</summary>
    public string? DataDir { get; init; }

    /// <summary>True if the registry is a Consul of the demo; otherwise a folder of files.</summary>
    public bool Consul { get; init; }

    /// <summary>True to print JSON lines only.</summary>
    public bool Json { get; init; }

    /// <summary>True to run without traffic and faults.</summary>
    public bool NoFaults { get; init; }
}
