namespace GatewayMesh.Configuration.Matching;

/// <summary>What permissions and routes ask of a request.</summary>
public interface IRequestFacts
{
    /// <summary>Its method.</summary>
    string Method { get; }

    /// <summary>Its path without the query, in every way in which an application may read it; at least one. All of them must be allowed.</summary>
    IReadOnlyList<string> Paths { get; }

    /// <summary>The value of a header field (its name in lower case), several lines joined by commas; null when it is not there.</summary>
    string? Field(string name);
}
