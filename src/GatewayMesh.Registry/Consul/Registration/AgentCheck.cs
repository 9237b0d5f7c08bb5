namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>
/// One check of a registration. Exactly one of <see cref="Http"/>, <see cref="Tcp"/>, <see cref="Alias"/> and <see cref="Ttl"/> is set.
/// </summary>
/// <param name="Id">Id, unique at the agent.</param>
/// <param name="Name">Display name.</param>
internal sealed record AgentCheck(string Id, string Name)
{
    /// <summary>URL that the agent requests.</summary>
    public string? Http { get; init; }

    /// <summary>Address that the agent connects to.</summary>
    public string? Tcp { get; init; }

    /// <summary>Id of the registration whose worst status this check copies.</summary>
    public string? Alias { get; init; }

    /// <summary>Time without an update after which the check is critical.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>Interval between two of the agent's checks.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Timeout of one of the agent's checks.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>True for a check of the application, false for a check of its proxy.</summary>
    public bool OfApplication { get; init; }
}
