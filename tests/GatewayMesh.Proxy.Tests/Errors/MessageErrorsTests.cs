using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Http1;

namespace GatewayMesh.Proxy.Tests.Errors;

public sealed class MessageErrorsTests
{
    [Test]
    public void Every_fault_of_a_message_is_an_error_of_its_status_that_says_why()
    {
        foreach (var fault in Enum.GetValues<MessageFault>().Skip(1))
        {
            var error = MessageErrors.OfRequest(fault);
            Assert.That((error.Row.Status, error.Details), Is.EqualTo((MessageFaults.StatusOf(fault), MessageFaults.TextOf(fault))));
            Assert.That(MessageErrors.OfResponse(fault).Row.Status, Is.EqualTo(502));
        }
    }
}
