namespace GatewayMesh.MeshTests.Clients;

/// <summary>Makes requests, one after the other.</summary>
internal interface IRequests : IDisposable
{
    /// <summary>The last answer, or what was wrong.</summary>
    string Answer { get; }

    /// <summary>One request.</summary>
    Task<Outcome> GetAsync();
}
