namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>One check of a registration; exactly one of <see cref="Http"/>, <see cref="Tcp"/>, <see cref="Alias"/> and <see cref="Ttl"/> is set.</summary>
/// <param name="Id">Its id, one of a kind at its agent.</param>
/// <param name="Name">What people see.</param>
internal sealed record AgentCheck(string Id, string Name)
{
    /// <summary>Address that the agent asks.</summary>
    public string? Http { get; init; }

    /// <summary>Address that the agent connects to.</summary>
    public string? Tcp { get; init; }

    /// <summary>Id of the registration whose worst status it takes over.</summary>
    public string? Alias { get; init; }

    /// <summary>Time after which it is critical when nobody says how things are.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>Time between two questions of the agent.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Time that an answer to the agent may take.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Whether it tells of the application; otherwise of whoever fronts it.</summary>
    public bool OfApplication { get; init; }
}
