using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Admin.Http;
using GatewayMesh.Commands;
using GatewayMesh.Tests.Admin.Documents;

namespace GatewayMesh.Tests.Commands;

/// <summary>The text that commands print about a document.</summary>
internal sealed class CommandOutputTests
{
    [TestCase("status", "status-sidecar", "/status", "status")]
    [TestCase("status", "status-gateway", "/status", "status")]
    [TestCase("status", "status-ingress", "/status", "status")]
    [TestCase("status", "status-guard-alone", "/status", "status")]
    [TestCase("check", "status-sidecar", "/status", "check-sidecar")]
    [TestCase("check", "status-gateway", "/status", "check-gateway")]
    [TestCase("check", "status-ingress", "/status", "check-ingress")]
    [TestCase("check", "status-guard-alone", "/status", "check-guard-alone")]
    [TestCase("explain GET http://payments/v2/charges", "explain", "/explain", "explain")]
    [TestCase("explain GET http://nobody/", "explain-unknown", "/explain", "explain-unknown")]
    [TestCase("explain GET http://api/b", "explain-answered", "/explain", "explain-answered")]
    [TestCase("intention check web payments", "intention", "/intentions/check", "intention")]
    public void Command_prints_the_document_as_before(string command, string document, string path, string text)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var server = new AdminServer(listener, new Dictionary<(string, string), AdminHandler>
        {
            [("GET", path)] =
                _ => new AdminResponse(200, "application/json", Encoding.UTF8.GetBytes(GoldenDocument.Text(document + ".json"))),
        });
        using var output = new StringWriter();

        var address = listener.LocalEndPoint!.ToString()!;
        var code = CommandTree.Run([.. command.Split(' '), "--admin", address], output, TextWriter.Null);

        Assert.That(
            output.ToString().Replace(address, "ADMIN", StringComparison.Ordinal) + $"exit code {code}\n",
            Is.EqualTo(GoldenDocument.Text((text == "status" ? document : text) + ".txt")));
    }
}
