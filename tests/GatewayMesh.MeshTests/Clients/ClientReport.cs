namespace GatewayMesh.MeshTests.Clients;

/// <summary>What a plain client saw.</summary>
/// <param name="Sent">Requests begun.</param>
/// <param name="Ok">Answered with 200.</param>
/// <param name="Refused">The connection was refused.</param>
/// <param name="Lost">The connection ended, or nothing came for 20 s, after the request was begun.</param>
/// <param name="ServerErrors">Answered with 5xx.</param>
/// <param name="Other">Answered with anything else.</param>
internal sealed record ClientReport(int Sent, int Ok, int Refused, int Lost, int ServerErrors, int Other)
{
    public int Failed => Refused + Lost + ServerErrors + Other;
}
