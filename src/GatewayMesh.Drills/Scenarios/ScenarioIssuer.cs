using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Drills.Applications;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>
/// An issuer of tokens: signs them with a key that it replaces, and serves its key set over HTTP. Of every four requests two have a good
/// token, one has none, and one has a token that another key signed under the same key ID.
/// </summary>
internal sealed class ScenarioIssuer : IDisposable
{
    private const int Tokens = 100;
    private const int Lifetime = 3600;

    private readonly TimeProvider _time;
    private readonly AppServer _server;
    private string _keys = "";
    private string[] _good = [];
    private string _forged = "";
    private int _rotations;

    /// <summary>Creates the first key, and serves the key set on <paramref name="port"/> of loopback.</summary>
    public ScenarioIssuer(int port, TimeProvider time)
    {
        _time = time;
        _server = new AppServer(port, _ => Task.FromResult(new AppResponse(200, Volatile.Read(ref _keys))));
        Rotate();
        _server.Start();
    }

    /// <summary>Replaces the key: earlier tokens are no longer valid.</summary>
    public void Rotate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = (++_rotations).ToString(CultureInfo.InvariantCulture);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        Volatile.Write(
            ref _keys,
            $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"{{id}}","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}]}""");
        _good = [.. Enumerable.Range(0, Tokens).Select(i => Sign(key, id, i))];
        _forged = Sign(other, id, 0);
    }

    /// <summary>Stops serving the key set.</summary>
    public void Stop() => _server.Dispose();

    /// <summary>Returns the token of a request; null for none.</summary>
    public string? TokenOf(int request) => (request % 4) switch
    {
        2 => null,
        3 => _forged,
        _ => _good[request / 4 % Tokens],
    };

    /// <inheritdoc/>
    public void Dispose() => Stop();

    private string Sign(ECDsa key, string id, int user)
    {
        var expiry = _time.GetUtcNow().ToUnixTimeSeconds() + Lifetime;
        var input = string.Create(
            CultureInfo.InvariantCulture,
            $"{Text($$"""{"alg":"ES256","kid":"{{id}}"}""")}.{Text($$"""{"iss":"https://login.test","sub":"user-{{user}}","exp":{{expiry}}}""")}");
        return $"{input}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    private static string Text(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
