namespace GatewayMesh.MeshTests.Clients;

/// <summary>Results of a plain client.</summary>
/// <param name="Sent">Requests started.</param>
/// <param name="Ok">Answered with 200.</param>
/// <param name="Refused">Refused connections.</param>
/// <param name="Lost">Connections that ended, or stayed silent for 20 s, after the request was started.</param>
/// <param name="ServerErrors">Answered with 5xx.</param>
/// <param name="Other">Answered with any other status.</param>
internal sealed record ClientReport(int Sent, int Ok, int Refused, int Lost, int ServerErrors, int Other)
{
    public int Failed => Refused + Lost + ServerErrors + Other;
}
