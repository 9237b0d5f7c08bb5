namespace GatewayMesh.Configuration.Policies.Faults;

/// <summary>Distribution of an injected delay.</summary>
public enum DelayDistribution
{
    /// <summary>Always the same delay.</summary>
    Fixed,

    /// <summary><c>uniform</c>: every delay from <c>min</c> to <c>max</c> is equally likely.</summary>
    Uniform,

    /// <summary><c>normal</c>: around <c>mean</c>, with the standard deviation <c>stdev</c>.</summary>
    Normal,

    /// <summary><c>exponential</c>: many short delays and few long ones, <c>mean</c> on average.</summary>
    Exponential,
}
