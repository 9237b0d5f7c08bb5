using GatewayMesh.Admin.Views;

namespace GatewayMesh.Tests.Admin.Views;

public sealed class AskedRequestTests
{
    [Test]
    public void Asked_request_is_printed_without_its_readings_of_the_path() =>
        Assert.That(new AskedRequest("GET", "/a", []).ToString(), Does.Contain("GET").And.Contain("/a").And.Not.Contain("Paths"));
}
