namespace GatewayMesh.MeshTests.Clients;

/// <summary>Sends requests one after the other.</summary>
internal interface IRequests : IDisposable
{
    /// <summary>The last response, or the error.</summary>
    string Answer { get; }

    /// <summary>Sends a request.</summary>
    Task<Outcome> GetAsync();
}
